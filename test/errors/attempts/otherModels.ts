import { type Area, accepted } from './area.ts'

export const otherModels: Area = {
  title: 'Data of other models',
  setup: `
  const compiled = (layers, loss = 'mse', metrics = []) => {
    const model = Sequential(layers)
    model.compile({ loss, optimizer: 'sgd', metrics })
    return model
  }
  const quiet = { verbose: 0 }
  const series = () => compiled([Input([4, 1]), LSTM(2), Dense(1)])
  const classes = (loss) => compiled([Input([2]), Dense(3, { activation: 'softmax' })], loss)
  const words = () => compiled([Input([4]), Embedding(10, 2), LSTM(2), Dense(1)])
  const a = Input([2], { name: 'a' })
  const b = Input([2], { name: 'b' })
  const two = Model([a, b], [Dense(1, { name: 'one' })(a), Dense(1, { name: 'two' })(b)])
  two.compile({ loss: 'mse', optimizer: 'sgd' })`,
  attempts: [
    accepted(
      '(await series().fit([[1, 2, 3, 4]], [5], quiet)).epoch',
      '[samples, time steps] for one feature, as in Keras',
    ),
    accepted(
      '(await series().fit([Float32Array.of(1, 2, 3, 4)], [5], quiet)).epoch',
      'the same in typed rows',
    ),
    accepted('(await series().fit(tensor([1, 2, 3, 4], [1, 4]), [5], quiet)).epoch', 'the same as a tensor'),
    accepted('(await series().predict([[1, 2, 3, 4]])).shape', 'the same in predict'),
    'series().fit([1, 2, 3, 4], [5])',
    'series().fit([[1, 2, 3]], [5])',
    'series().fit([[[1], [2], [3], ["4"]]], [5])',
    'series().fit([[[1], [2], [3], [4, 5]]], [5])',
    'series().fit([[[1], [2], [3], 4]], [5])',
    'series().fit(new Float32Array(4), [5])',
    'series().fit([[1, 2, 3, 4], [1, 2, 3]], [5, 6])',
    'classes("categorical_crossentropy").fit([[1, 2]], [1])',
    'classes("categorical_crossentropy").fit([[1, 2]], [[1]])',
    'classes("categorical_crossentropy").fit([[1, 2]], [[0, 1]])',
    'classes("categorical_crossentropy").fit([[1, 2]], ["cat"])',
    'classes("sparse_categorical_crossentropy").fit([[1, 2]], [3])',
    'classes("sparse_categorical_crossentropy").fit([[1, 2]], [0.5])',
    'classes("sparse_categorical_crossentropy").fit([[1, 2]], [-1])',
    'classes("sparse_categorical_crossentropy").fit([[1, 2]], [[0, 1, 0]])',
    'classes("sparse_categorical_crossentropy").fit([[1, 2]], ["1"])',
    'classes("binary_crossentropy").fit([[1, 2]], [1])',
    'words().fit([[1, 2, 3, 10]], [1])',
    'words().fit([[1, 2, 3, -1]], [1])',
    'words().fit([[1, 2, 3, 0.5]], [1])',
    'words().fit([["a", "b", "c", "d"]], [1])',
    'words().fit(["a b c d"], [1])',
    'words().fit([[1, 2, 3]], [1])',
    'two.fit([[1, 2]], [[1], [1]])',
    'two.fit([[[1, 2]], [[1, 2]]], [[1]])',
    'two.fit([[[1, 2]], [[1, 2, 3]]], [[[1]], [[1]]])',
    'two.fit([[[1, 2]], [[1, "2"]]], [[[1]], [[1]]])',
    'two.fit({ a: [[1, 2]] }, [[[1]], [[1]]])',
    'two.fit({ a: [[1, 2]], b: [[1, 2]], c: [[1, 2]] }, [[[1]], [[1]]])',
    'two.fit({ a: [[1, 2]], B: [[1, 2]] }, [[[1]], [[1]]])',
    'two.fit({ a: [[1, 2]], b: [[1, 2], [3, 4]] }, [[[1]], [[1]]])',
    'two.fit([[[1, 2]], [[1, 2]]], { one: [[1]] })',
    'two.fit([[[1, 2]], [[1, 2]]], { one: [[1]], two: [[NaN]] })',
    'two.predict([[1, 2]])',
    'compiled([Input([null, 2]), LSTM(2), Dense(1)]).fit([[[1, 2]], [[1, 2], [3, "4"]]], [1, 2])',
    'compiled([Input([null, 2]), LSTM(2), Dense(1)]).fit([[[1, 2]], [[1, 2], [3]]], [1, 2])',
    'compiled([Input([null, 2]), LSTM(2), Dense(1)]).fit([[[1, 2]], []], [1, 2])',
    accepted(
      '(await compiled([Input([null, 1]), LSTM(2), Dense(1)]).fit([[1, 2, 3], [1, 2]], [1, 2], quiet)).epoch',
      'sequences of one feature that differ in length',
    ),
    accepted(
      '(await compiled([Input([null, 1]), LSTM(2), Dense(1)]).fit([Float32Array.of(1, 2, 3), Float32Array.of(1, 2)], [1, 2], quiet)).epoch',
      'the same in typed rows',
    ),
    'compiled([Input([4, 1]), LSTM(2, { returnSequences: true }), Dense(1)]).fit([[1, 2, 3, 4]], [5])',
    accepted(
      '(await compiled([Input([4, 1]), LSTM(2, { returnSequences: true }), Dense(1)]).fit([[1, 2, 3, 4]], [[1, 2, 3, 4]], quiet)).epoch',
      'targets [samples, time steps] for one feature',
    ),
    'compiled([LSTM(2), Dense(1)]).fit([[1, 2, 3]], [1])',
    'compiled([LSTM(2, { stateful: true, batchShape: [2, 4, 1] }), Dense(1)]).fit([[1, 2, 3, 4]], [1])',
  ],
}
