import { setBackend } from 'recurra'
import { train } from '../src/train.js'

const { backend } = await setBackend('webgpu')
const { history } = await train()
console.log(backend, history.loss?.length)
