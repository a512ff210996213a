// The least a Worker can do; also the origin of the benchmark.
export default { fetch: () => new Response("ok\n") };
