// wgsl_reflect types its main entry only; the ES module beside it, the one that Node can import, exports the same.
declare module 'wgsl_reflect/wgsl_reflect.module.js' {
  export * from 'wgsl_reflect'
}
