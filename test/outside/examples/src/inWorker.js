import { train } from './train.js'

const { history } = await train()
postMessage(`loss ${history.loss.at(-1)}`)
