models = pa.models.list()

len(models) # int: how many endpoints are live and callable
models.data # list[Model]: the underlying list
list(models) # same elements, via __iter__
[m.id for m in models]
