// The package's main entry is CommonJS in a package marked as a module, which Node cannot load; its ES module can be.
declare module "wgsl_reflect/wgsl_reflect.module.js" {
  export * from "wgsl_reflect";
}
