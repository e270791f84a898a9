// Recurra beside TensorFlow.js, jax-js and ONNX Runtime: in bench/, `npm install` once and `npm run peers`.

import { runBench } from '../bench.ts'

// Not before recurra/node has put navigator.gpu in place, which they look for when they are loaded.
const tensorflow = async (backend: 'webgpu' | 'wasm' | 'cpu') =>
  (await import('./tfjs.ts')).tensorflow(backend)
const jax = async () => (await import('./jax.ts')).jax()
const onnxRuntime = async () => (await import('./onnx.ts')).onnxRuntime()

await runBench({
  gpu: { 'TensorFlow.js webgpu': () => tensorflow('webgpu'), 'jax-js webgpu': jax },
  cpu: {
    'TensorFlow.js wasm': () => tensorflow('wasm'),
    'TensorFlow.js cpu': () => tensorflow('cpu'),
    'ONNX Runtime': onnxRuntime,
  },
})
