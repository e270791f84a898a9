// What public scripts call, as docs/keras-compatibility.md has it.

import { missingCalls, scriptCount } from './vocabulary.ts'

/** The share of the recorded scripts that find here everything they call of Keras, and what the others lack. */
export async function scriptsSection(): Promise<string[]> {
  const missing = await missingCalls()
  const lacking = new Set(missing.flatMap(({ scripts }) => scripts)).size
  return [
    '## What public scripts call',
    '',
    `Of ${scriptCount} public scripts and notebooks that make a model with recurrent layers, in Keras 1, 2 and 3, ${scriptCount - lacking} find here everything they`,
    'call of Keras, classes, functions, methods and their arguments, if only under the name that Keras 3 has for it',
    '(`test/golden/scripts.json.gz` has their calls, `test/scripts/reasons.ts` the names). The others lack:',
    '',
    '| scripts | what | why it is not here |',
    '| --- | --- | --- |',
    ...[...missing]
      .sort((a, b) => b.scripts.length - a.scripts.length)
      .map(
        ({ scripts, calls, reason }) =>
          `| ${scripts.length} | ${calls.map((call) => `\`${call}\``).join(', ')} | ${reason} |`,
      ),
    '',
  ]
}
