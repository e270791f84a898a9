// What reads and writes files: of which kind arguments and options are. Places are tested in test/formats: a wrong one may be a path.

import * as api from '../../../src/index.ts'
import { flag, kind } from '../kinds.ts'
import { type PublicCall, plain } from './call.ts'

const chain = (): api.SequentialModel => api.Sequential([api.Dense(2, { inputShape: [3] })])

export const files: readonly PublicCall[] = [
  {
    name: 'modelFromJSON',
    args: [kind([JSON.stringify(chain().getConfig())], undefined, ['{"layers": [3]}'])],
    call: plain(api.modelFromJSON),
  },
  {
    name: 'cloneModel',
    args: [kind([chain(), api.Sequential([api.Dense(2)])])],
    call: plain(api.cloneModel),
  },
  { name: 'loadModel', args: [kind([])], options: { compile: flag }, call: plain(api.loadModel) },
  {
    name: 'save',
    args: [],
    options: { compile: flag },
    call: (model, options) => model.save(null, options as object),
  },
  {
    name: 'loadWeights',
    args: [],
    options: { byName: flag, skipMismatch: flag },
    call: async (model, options) => model.loadWeights(await model.saveWeights(), options as object),
  },
]
