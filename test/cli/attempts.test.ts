/**
 * What people type behind `npx recurra`, a line each, and what they are told: whatever cannot be done is a sentence and an exit code,
 * 2 where the command was not understood and else 1, and nothing that was said is left out in silence. All of it is in texts.md, to be
 * read in one sitting; `npm run test:unit -- test/cli/attempts.test.ts -u` writes it anew.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/program.ts'
import { writeNpy } from '../../src/formats/numpy/npy.ts'
import {
  Concatenate,
  clearSession,
  Dense,
  Input,
  type LayersModel,
  LSTM,
  Model,
  Sequential,
  setBackend,
  setSeed,
} from '../../src/node.ts'
import { Tensor } from '../../src/util/tensor.ts'

const FOUR = '1,2,3,4\n2,3,4,5\n3,4,5,6\n'

/** Files by name. Three of four columns are the input of dense.keras. */
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  'rows.csv': FOUR,
  'named.csv': `a,b,c,y\n${FOUR}`,
  'crlf.csv': `\ufeff"a","b","c","y"\r\n${FOUR.replaceAll('\n', '\r\n')}`,
  'wide.csv': Buffer.from(`\ufeffa;b;c;y\n${FOUR.replaceAll(',', ';')}`, 'utf16le'),
  'umlauts.csv': `höhe,größe,価格,y\n${FOUR}`,
  'index.csv': `,b,c,y\n${FOUR}`,
  'six.csv': 'a,b,c,d,e,y\n1,2,3,4,5,6\n2,3,4,5,6,7\n',
  'twice.csv': `a,b,a,y\n${FOUR}`,
  'years.csv': `2019,2020,2021,2022\n${FOUR}`,
  'mixed.csv': `city,2020,2021,2022\n${FOUR}`,
  'typo.csv': `1.o,2,3,4\n${FOUR}`,
  'empty.csv': '',
  'blank.csv': '\n \n',
  'heading.csv': 'a,b,c,y\n',
  'firstMissing.csv': `1,,3,4\n${FOUR}`,
  'missing.csv': `a,b,c,y\n${FOUR}1,,3,4\n`,
  'na.csv': `a,b,c,y\n1,NA,3,4\n${FOUR}`,
  'infinite.csv': `a,b,c,y\n${FOUR}1,inf,3,4\n`,
  'large.csv': `a,b,c,y\n${FOUR}1,1e60,3,4\n`,
  'hex.csv': `a,b,c,y\n${FOUR}1,0x1F,3,4\n`,
  'decimals.csv': 'a;b;c;y\n1;2;3;4\n1,5;2,25;3;4\n',
  'thousands.csv': 'a,b,c,y\n1,2,3,4\n"1,000",2,3,4\n',
  'percent.csv': 'a,b,c,y\n1,2,3,4\n5%,2,3,4\n',
  'texts.csv': 'a,b,c,y\n1,2,3,cat\n1,2,3,dog\n',
  'dated.csv': 'Month,Sales\n1949-01,112\n1949-02,118\n',
  'days.csv': '1949-01,112\n1949-02,118\n',
  'narrow.csv': 'a,b\n1,1\n',
  'ragged.csv': 'a,b\n1,1\n2\n',
  'unclosed.csv': 'a,b,c,y\n1,2,"3,4\n1,2,3,4\n',
  'comment.csv': `# made by hand\na,b,c,y\n${FOUR}`,
  'spaces.txt': '1 2 3 4\n2 3 4 5\n',
  'classes.csv': 'a,b,c,y\n1,2,3,0\n1,2,3,5\n',
  'x.npy': writeNpy(new Tensor(new Float32Array(30), [3, 5, 2])),
  'four.npy': writeNpy(new Tensor(new Float32Array(24), [3, 4, 2])),
  'text.npy': 'hello',
  'table.xlsx': 'PK\u0003\u0004',
  'page.keras': '<!doctype html><title>Not Found</title>',
  'text.keras': 'hello',
  'nothing.keras': '',
  'print.py': 'print(3)\n',
  'broken.py': 'model = Sequential([\n',
  'shapeless.py':
    'from keras import Sequential\nfrom keras.layers import Dense\nmodel = Sequential([Dense(1)])\n',
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recurra-cli-'))
  await mkdir(join(folder, 'folder.csv'))
  for (const [name, content] of Object.entries(FILES)) await writeFile(join(folder, name), content)
  setSeed(1)
  const save = (name: string, model: LayersModel, loss: 'mse' | 'sparse_categorical_crossentropy' | null) => {
    if (loss) model.compile({ loss })
    return model.save(join(folder, name))
  }
  const inputs = [Input({ shape: [3], name: 'a' }), Input({ shape: [2], name: 'b' })]
  const joined = Dense(1, { name: 'out' })(Concatenate()(inputs))
  await save('plain.keras', Sequential([Dense(1, { inputShape: [3], name: 'out' })], { name: 'dense' }), null)
  await save(
    'dense.keras',
    Sequential([Dense(1, { inputShape: [3], name: 'out' })], { name: 'dense' }),
    'mse',
  )
  await save(
    'classes.keras',
    Sequential([Dense(3, { inputShape: [3], name: 'out' })], { name: 'classes' }),
    'sparse_categorical_crossentropy',
  )
  await save(
    'lstm.keras',
    Sequential([LSTM(2, { inputShape: [5, 2] }), Dense(1, { name: 'out' })], { name: 'lstm' }),
    'mse',
  )
  await save('open.keras', Sequential([LSTM(2, { inputShape: [null, 2] })], { name: 'open' }), 'mse')
  await save('two.keras', Model(inputs, joined, { name: 'two' }), 'mse')
})
afterAll(() => rm(folder, { recursive: true }))

/** Commands that cannot be done. */
const REFUSED = `
summary
summary absent.keras
summary absent.py
summary folder.csv
summary rows.csv
summary page.keras
summary text.keras
summary nothing.keras
summary x.npy
summary print.py
summary broken.py
summary shapeless.py
summary lstm.keras dense.keras
summary lstm.keras --line-length 1000000
summary lstm.keras --line-length 70 --json
summary lstm.keras --json --expand-nested
summary lstm.keras --verbose
sumary lstm.keras
help nothing
help sumary
convert lstm.keras
convert lstm.keras folder
convert lstm.keras model.pb
convert lstm.keras folder.csv
convert absent.keras model.pb
convert lstm.keras rows.csv/model.keras
convert lstm.keras a.h5 b.h5
plot absent.keras model.png
plot lstm.keras model.svg --rankdir up
plot lstm.keras rows.csv/model.svg
eject absent.keras model.onnx
eject open.keras model.html
eject lstm.keras model.html --shapes 5y2
eject lstm.keras model.html --shapes 5x2,3
eject lstm.keras model.html --shapes 4x2
eject open.keras model.html --shapes 4
eject lstm.keras model.html --weights int8
eject lstm.keras rows.csv/model.html
plan lstm.keras --batch-size 0
plan lstm.keras --backend gpu
plan shapeless.py
profile open.keras
predict dense.keras
predict dense.keras absent.csv
predict dense.keras folder.csv
predict dense.keras table.xlsx
predict dense.keras text.npy
predict dense.keras x.npy
predict lstm.keras four.npy
predict lstm.keras x.npy --window 3
predict lstm.keras x.npy --columns a
predict lstm.keras x.npy --no-header
predict lstm.keras x.npy --horizon 2
predict dense.keras narrow.csv
predict dense.keras narrow.csv --columns c
predict dense.keras named.csv --columns a,a,b
predict dense.keras twice.csv --columns a,b
predict dense.keras named.csv --columns 0,1,2
predict dense.keras years.csv --columns 2019,2020,2021
predict dense.keras mixed.csv
predict dense.keras typo.csv
predict dense.keras missing.csv
predict dense.keras firstMissing.csv
predict lstm.keras dated.csv --window 5
predict lstm.keras days.csv --window 5
predict dense.keras ragged.csv
predict absent.keras rows.csv --out predictions.xls
predict absent.keras rows.csv --out rows.csv/predictions.csv
predict absent.keras rows.csv --out folder.csv
predict two.keras rows.csv
train dense.keras empty.csv
train dense.keras blank.csv
train dense.keras heading.csv
train dense.keras na.csv
train dense.keras infinite.csv
train dense.keras large.csv
train dense.keras hex.csv
train dense.keras decimals.csv
train dense.keras thousands.csv
train dense.keras percent.csv
train dense.keras texts.csv
train dense.keras unclosed.csv
train dense.keras comment.csv
train dense.keras spaces.txt
train dense.keras six.csv
train dense.keras named.csv --columns a,b,c
train dense.keras named.csv --targets Y
train dense.keras named.csv --horizon 2
train dense.keras named.csv --window 5
train dense.keras named.csv --window 2
train lstm.keras x.npy
train classes.keras classes.csv
train plain.keras rows.csv
train dense.keras rows.csv --loss msee
train dense.keras rows.csv --optimizer adm
train dense.keras rows.csv --metrics f1
train dense.keras rows.csv --epochs two
train dense.keras rows.csv --epoch 2
train dense.keras rows.csv --learning-rate 0
train dense.keras rows.csv --validation-split 1
train dense.keras rows.csv --seed 1.5
train dense.keras rows.csv --json --verbose 2
train shapeless.py rows.csv
train absent.keras rows.csv --out trained.pt
train absent.keras rows.csv --out rows.csv/trained.keras
`

/** Commands that are right. */
const TAKEN = `
predict dense.keras crlf.csv --columns a,b,c
predict dense.keras wide.csv --columns a,b,c
predict dense.keras umlauts.csv --columns höhe,größe,価格
predict dense.keras years.csv --header --columns 2019,2020,2021
predict dense.keras mixed.csv --header
predict dense.keras index.csv --columns b,c,y
predict dense.keras named.csv --out predictions.json --json
profile open.keras --shapes 3x2 --repeats 1
train dense.keras twice.csv --columns 1,2,3 --targets y
`

const linesOf = (text: string): string[] => text.trim().split('\n')

/** What a command line prints, and how it ends. */
async function told(line: string): Promise<{ readonly code: number; readonly text: string }> {
  const texts: string[] = []
  const terminal = { print: (text: string) => texts.push(text), note: (text: string) => texts.push(text) }
  const words = line
    .split(' ')
    .map((word) => (/^\w+(\.\w+)+/.test(word) && word !== '1.5' ? join(folder, word) : word))
  const runs = /^(predict|train|plan|profile)$/.test(words[0] ?? '') && !line.includes('--backend')
  const quiet = words[0] === 'train' && !/--(json|verbose)/.test(line) ? ['--verbose', '0'] : []
  const code = await runCommand(
    [...words, ...(runs ? ['--backend', 'cpu'] : []), ...quiet],
    terminal,
    '1.2.3',
  )
  const said = texts
    .filter((text) => !text.startsWith('CPU ('))
    .join('\n')
    .replaceAll(`${folder}/`, '')
  return { code, text: said }
}

test(`${linesOf(REFUSED).length} commands that cannot be done say why`, async () => {
  const sections: string[] = []
  for (const line of linesOf(REFUSED)) {
    clearSession()
    await setBackend('cpu')
    const { code, text } = await told(line)
    expect.soft(code, line).toBeGreaterThan(0)
    expect.soft(text, line).toMatch(code === 1 ? /^.+: expected .+, got:? .+[.?]$/s : /^error: /)
    expect.soft(text, line).not.toMatch(/^ +at |node:internal|\.part/m)
    sections.push(`$ recurra ${line}\n    ${code}: ${text.replaceAll('\n', '\n       ')}`)
  }
  const head =
    '# What the command line says\n\nA line that people may type, the exit code, and what it is answered. Written by attempts.test.ts.'
  await expect(`${head}\n\n\`\`\`text\n${sections.join('\n')}\n\`\`\`\n`).toMatchFileSnapshot('texts.md')
})

test.each(linesOf(TAKEN))('%s', async (line) => {
  await setBackend('cpu')
  expect(await told(line)).toMatchObject({ code: 0 })
})

test('what a file of predictions has is printed, too, where JSON was asked for', async () => {
  const { text } = await told('predict dense.keras named.csv --out predictions.json --json')
  expect(JSON.parse(text)).toEqual({
    out: [[expect.any(Number)], [expect.any(Number)], [expect.any(Number)]],
  })
})
