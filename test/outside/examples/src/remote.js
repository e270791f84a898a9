import { wrap } from 'recurra/worker'
import { x, y } from './wave.js'

const worker = new Worker(new URL('./model.js', import.meta.url), { type: 'module' })
const model = await wrap(worker, { units: 8 }, { backend: 'webgpu', seed: 1 })
const seen = []
const { history } = await model.fit(x, y, {
  epochs: 10,
  callbacks: { onEpochEnd: (epoch) => seen.push(epoch) },
})
document.body.textContent = `loss ${history.loss.at(-1)} on ${model.backend} after ${seen.length} epochs`
