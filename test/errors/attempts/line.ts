// The model that most attempts at training are made on, and its data.

export const line = `
  const model = Sequential([Dense(1, { inputShape: [3] })])
  model.compile({ loss: 'mse', optimizer: 'sgd' })
  const quiet = { verbose: 0 }
  const x = [[1, 2, 3], [4, 5, 6]]
  const y = [[1], [2]]`
