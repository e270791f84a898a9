import { train } from './train.js'

const { history } = await train()
document.body.textContent = `loss ${history.loss.at(-1)}`
