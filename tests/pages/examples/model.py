for m in pa.models.list():
    print(m.id) # str | None: usable as the `model` arg in inference
    print(m.owned_by) # str | None: "pareta" or a vendor name
    print(m.created) # int | None: Unix seconds

    m.to_dict() # full raw record, nothing lost behind the typed layer
