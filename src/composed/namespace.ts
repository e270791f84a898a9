// The namespace `layers`, as Keras has it: all layers, cells, and the class of layers of one's own.

export * from '../layers/index.ts'
export { Layer, type LayerClass, type OwnLayer } from '../layers/layerClass.ts'
export * from './index.ts'
