declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
declare module "*.bundle" {
  const bundle: ArrayBuffer;
  export default bundle;
}
