// What Recurra costs, alone: `npm run bench`, or `npm run bench -- --help`. Beside others: see peers/run.ts.

import { runBench } from './bench.ts'

await runBench({ gpu: {}, cpu: {} })
