import { Dense, Sequential } from 'recurra'
import { expose } from 'recurra/worker'

expose(({ units }) => {
  const model = Sequential([Dense(units, { activation: 'tanh', inputShape: [8] }), Dense(1)])
  model.compile({ loss: 'mse', optimizer: 'adam' })
  return model
})
