import { type Area, accepted } from './area.ts'
import { line } from './line.ts'

export const classes: Area = {
  title: 'Classes and their objects, with new and without',
  setup: `${line}
  const a = Input([2])`,
  attempts: [
    accepted('Sequential([new LSTM(4), new Dense(1)]).layers.length', 'with new'),
    accepted(
      'model.compile({ loss: new MeanSquaredError(), optimizer: new Adam(0.01), metrics: [new MeanAbsoluteError(), new Recall()] })',
      'with new',
    ),
    accepted('new Dense(1, { kernelInitializer: new initializers.Ones() })', 'with new'),
    accepted(
      'new Model({ inputs: a, outputs: new Dense(1)(a) }).layers.length',
      'by name, as keywords in Python',
    ),
    accepted('[Dense(1) instanceof Dense, Dense(1) instanceof LSTM, model instanceof Sequential]', 'classes'),
    accepted(
      'class Mine extends EarlyStopping {}; new Mine({ monitor: "loss" }).monitor',
      'a class of callbacks',
    ),
    'Layer()',
    'new Layer(3)',
    'Cell(4)',
    'Loss()',
    'new Callback({ onEpochEnd() {} })',
    'model.fit(x, y, { callbacks: [EarlyStopping] })',
    'Add()(a, a)',
    'Add(a, a)',
    'Add([a, a])',
    'Concatenate([a, a])',
    'concatenate(a, a)',
    'Dense(3, a)',
    'add(a, a)',
    'Dense(1, a)',
    'Dense(1)(a, a)',
    'Sequential([Dense(1), [Dense(1)]])',
    'Sequential().add([Dense(1)])',
    'Model({ inputs: a, outputs: Dense(1) })',
    'Model({ inputs: a, outputs: Dense(1)(a), nme: "mine" })',
    'model.layers[0].units',
    'model.layers[0].units = 3',
    'model.optimizer.lr = 0.1',
    '(await model.predict(x))[0]',
    '(await model.predict(x)).length',
    '(await model.predict(x)).map((v) => v)',
    '(await model.predict(x)) + 1',
    accepted('String(await model.predict(x))', 'a text'),
  ],
}
