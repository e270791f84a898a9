// `recurra/formats`: files of models for other programs, for pages that ask for them.

export { type ONNXOptions, saveONNX, toONNX } from './formats/onnx/toONNX.ts'
