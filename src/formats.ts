// `recurra/formats`: files of models for other programs, and of tensors, and models of Python, for pages that ask for them.

export { toKeras, toTypeScript } from './formats/code/toCode.ts'
export { type EjectOptions, eject, saveEjected } from './formats/eject/eject.ts'
export type { NumpyArray, RaggedRows } from './formats/numpy/npy.ts'
export { loadNpy, loadNpz } from './formats/numpy/npz.ts'
export { type ONNXOptions, saveONNX, toONNX } from './formats/onnx/toONNX.ts'
export { type PlotOptions, plotModel } from './formats/plot/plotModel.ts'
export {
  type LoadedSafetensors,
  loadSafetensors,
  type SafetensorsOptions,
  type SavedTensor,
  saveSafetensors,
} from './formats/safetensors/safetensorsFile.ts'
export type { StoredArray } from './formats/storedArray.ts'
export {
  type DataNames,
  type FromKerasOptions,
  fromKeras,
  type KerasCode,
  type KnownValue,
} from './keras/fromKeras.ts'
export type { KerasProblem } from './keras/problems.ts'
