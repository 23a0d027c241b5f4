"""Ray, Dask and Spark over the sandbox: they are too heavy for `dev`, so these tests run where they are installed."""
