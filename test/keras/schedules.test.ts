/** Classes of schedules in texts: the rates that they give are Keras's. */
import { beforeEach, expect, test } from 'vitest'
import { clearSession } from '../../src/index.ts'
import { readKeras } from '../support/readKeras.ts'

beforeEach(clearSession)

const STEPS = [0, 1, 5, 9, 10, 30, 100, 4000]

/** The warm-up of the transformer, with the functions of a module and a way to write a cast. */
const warmUp = (module: string, dtype: string): string => `
class CustomSchedule(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, d_model, warmup_steps=4000):
        super().__init__()
        self.d_model = d_model
        self.d_model = ${module}.cast(self.d_model, ${dtype})
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        step = ${module}.cast(step, dtype=${dtype})
        arg1 = ${module}.rsqrt(step)
        arg2 = step * (self.warmup_steps ** -1.5)
        return ${module}.rsqrt(self.d_model) * ${module}.minimum(arg1, arg2)

    def get_config(self):
        return {'d_model': self.d_model, 'warmup_steps': self.warmup_steps}

schedule = CustomSchedule(128)
`

const tensorflow = warmUp('tf', 'tf.float32').replace(/tf\.(rsqrt|minimum)/g, 'tf.math.$1')

const WARM = [
  0, 3.4938563e-7, 1.7469282e-6, 3.1444706e-6, 3.4938564e-6, 1.0481569e-5, 3.4938563e-5, 0.0013975425,
]

const chosen = `
class Chosen(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, base):
        self.base = base

    def __call__(self, step):
        step = ops.cast(step, 'float32')
        x = ops.where(step < 100, step / 100, ops.cos(step / 10000.0 * 3.14159))
        y = ops.cond(ops.less(step, 10), lambda: step * 0.1, lambda: ops.exp(-step / 100))
        return self.base * ops.maximum(x, ops.sqrt(y))

schedule = Chosen(0.1)
`

const after = `
class Then(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, base, after, warm=10):
        super().__init__()
        self.base, self.after, self.warm = base, after, warm

    def __call__(self, step):
        done = tf.cast(step, tf.float32) / tf.cast(self.warm, tf.float32)
        return tf.cond(done < 1, lambda: self.base * tf.pow(done, 2.0), lambda: self.after(step - self.warm))

schedule = Then(0.1, keras.optimizers.schedules.CosineDecay(0.1, 50))
`

test.each([
  ['the warm-up of transformers in tf.math', tensorflow, WARM],
  ['the warm-up of transformers in ops', warmUp('ops', "'float32'"), WARM],
  [
    'where and cond',
    chosen,
    [0, 0.031622779, 0.070710677, 0.094868332, 0.095122941, 0.086070798, 0.099950656, 0.030901799],
  ],
  ['a schedule of Keras behind it', after, [0, 0.001, 0.025, 0.081, 0.1, 0.065450847, 0, 0]],
])('%s', (_, code, expected) => {
  const { model } = readKeras(`import tensorflow as tf
${code}
m = keras.Sequential([layers.Input((3,)), layers.Dense(2)])
m.compile(optimizer=keras.optimizers.Adam(schedule, beta_1=0.9, beta_2=0.98, epsilon=1e-9), loss='mse')`)
  const rates = STEPS.map((step) => model.optimizer?.rateAt(step) ?? Number.NaN)
  for (const [i, rate] of rates.entries())
    expect(Math.abs(rate - (expected[i] ?? Number.NaN))).toBeLessThanOrEqual(2e-7 * Math.abs(rate) + 1e-12)
})
