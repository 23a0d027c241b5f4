await pa.endpoints.start("ep_a1b2c3");
while (!(await pa.endpoints.retrieve("ep_a1b2c3")).isLive) {
  await new Promise((resolve) => setTimeout(resolve, 3000));
}
