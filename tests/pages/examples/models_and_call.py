with Pareta.from_env() as pa:
    models = pa.models.list()
    if len(models) == 0:
        raise SystemExit("No live endpoints. Deploy one first: pa.endpoints.deploy(task=...)")

    first = models.data[0] # a Model
    resp = pa.chat.completions.create(
        model=first.id, # the callable endpoint id
        messages=[{"role": "user", "content": "What is the invoice total?"}],
    )
    print(resp.choices[0].message.content)
