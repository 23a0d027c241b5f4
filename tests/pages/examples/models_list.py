from pareta import Pareta

with Pareta.from_env() as pa: # reads PARETA_API_KEY (+ optional PARETA_BASE_URL)
    models = pa.models.list() # ModelList

    print(len(models), "callable models")
    for m in models: # ModelList is directly iterable
        print(m.id, "·", m.owned_by)
