/** Arrays of a text with arguments that numpy refuses, and texts that compute without an end. */
import { beforeEach, expect, test } from 'vitest'
import { fromKeras } from '../../src/formats.ts'
import { clearSession, FormatError } from '../../src/index.ts'

beforeEach(clearSession)

test.each([
  'np.arange(3) ** -1',
  'np.arange(3) // 0',
  'np.arange(3) % 0',
  'np.zeros((-1,))',
  'np.full((2, -2), 1)',
  'np.tile(np.ones(2), -1)',
  'np.repeat(np.ones(2), -1)',
  'np.arange(6).reshape(4, -1)',
  'np.arange(6).reshape(0, -1)',
  'np.arange(0)[0]',
  'np.ones((2, 2))[5]',
  'np.ones((2, 2))[0, 0, 0]',
  'np.ones(3)[::0]',
  'np.arange(1e12)',
  'np.arange(0, 1, 0)',
  'np.zeros((10 ** 9,))',
  'np.ones((3000, 1)) * np.ones(3000)',
  'np.linspace(0, 1, -3)',
  'np.eye(-1)',
  'np.max(np.zeros(0))',
  'np.ones(3).item()',
  'np.concatenate([])',
  'np.stack([np.ones(2), np.ones(3)])',
  'np.ones((2, 3)) @ np.ones((2, 3))',
  'np.array([[1], [2, 3]])',
  'np.array([np.nan]).astype(int)',
  'np.expand_dims(np.ones(2), 9)',
  'np.transpose(np.ones((2, 3)), (0, 0))',
  'np.sum(np.ones(2), axis=7)',
])('what numpy does not compute is not known, and no error of another kind: %s', (text) => {
  let thrown: unknown = null
  try {
    fromKeras(
      `import numpy as np\nvalue = ${text}\nfor v in value:\n    w = v\nm = Sequential([Input((2,)), Dense(value.shape[0])])`,
    )
  } catch (error) {
    thrown = error
  }
  expect(thrown === null || thrown instanceof FormatError, String(thrown)).toBe(true)
})

test.each(['np.sum(a)', 'a + 1', 'a.tolist()', 'np.ones((400, 400)) @ np.ones((400, 400))', 'a[0, ::2]'])(
  'loops over large arrays end with the steps of the text: %s',
  (text) => {
    const { problems } = fromKeras(`
import numpy as np
m = Sequential([Input((2,)), Dense(3)])
a = np.ones((2, 1000000))
for i in range(1000000):
    b = ${text}
    m.add(Dense(3)) if i > 999999 else None
`)
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(/steps/)])
  },
)
