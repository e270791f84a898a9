import { Dense, Sequential } from '/node_modules/recurra/dist/recurra.min.js'

const model = Sequential([Dense(1, { inputShape: [2] })])
model.compile({ loss: 'mse', optimizer: 'sgd' })
const x = [
  [0, 1],
  [1, 0],
  [1, 1],
]
const { history } = await model.fit(x, [[1], [2], [3]], { epochs: 20, verbose: 0 })
document.body.textContent = `loss ${history.loss.at(-1)}`
