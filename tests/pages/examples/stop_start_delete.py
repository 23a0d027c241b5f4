pa.endpoints.stop("ep_a1b2c3") # pause a live endpoint
pa.endpoints.start("ep_a1b2c3") # resume a stopped one
pa.endpoints.delete("ep_a1b2c3") # remove it (returns None)
