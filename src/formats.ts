// `recurra/formats`: files of models for other programs, and of tensors, for pages that ask for them.

export { type ONNXOptions, saveONNX, toONNX } from './formats/onnx/toONNX.ts'
export {
  type LoadedSafetensors,
  loadSafetensors,
  type SafetensorsOptions,
  type SavedTensor,
  saveSafetensors,
} from './formats/safetensorsFile.ts'
