// A text that the reader types, what the model makes of it, and by how much it looked at each character meanwhile.

import type { LayersModel } from 'recurra'
import { create } from '../dom.ts'
import type { Reader, Reading, ReadingTrial } from '../trial.ts'
import { makeTextField, messageOf, type TrialView } from './trialView.ts'

export function makeReadingView(figure: HTMLElement, trial: ReadingTrial): TrialView {
  const { input, labelled, refusal, check } = makeTextField(trial, trial.examples[0])
  const reading = create('span', { className: 'reading' })
  const output = create('output', { id: 'written' })
  const map = create('div', { className: 'attention', id: 'attention' })
  const examples = trial.examples.map((text) => {
    const button = create('button', { type: 'button', textContent: text })
    button.addEventListener('click', () => {
      input.value = text
      void answer()
    })
    return button
  })
  figure.replaceChildren(
    create('figcaption', {}, create('b', {}, trial.title), scale(), reading),
    labelled,
    create('div', { className: 'examples', ariaLabel: 'Examples', role: 'group' }, ...examples),
    refusal,
    create('p', { className: 'written' }, 'It writes ', output),
    map,
  )
  input.addEventListener('input', () => void answer())
  // What is under the pointer, in words.
  map.addEventListener('pointerover', ({ target }) => {
    reading.textContent = target instanceof HTMLElement ? (target.dataset.told ?? '') : ''
  })
  map.addEventListener('pointerleave', () => {
    reading.textContent = ''
  })

  let reader: Reader | null = null
  let current: Promise<void> | null = null
  let isOutdated = false

  /** Shows the answer to the newest text: one is asked for at a time, and again if the text has changed meanwhile. */
  function answer(): Promise<void> {
    isOutdated = true
    current ??= (async () => {
      while (isOutdated) {
        isOutdated = false
        const text = check()
        if (text !== null && reader) show(text, await reader.read(text))
      }
    })()
      .catch((error: unknown) => {
        refusal.textContent = messageOf(error)
      })
      .finally(() => {
        current = null
      })
    return current
  }

  function show(text: string, { written, attention }: Reading): void {
    output.value = written
    reading.textContent = ''
    map.replaceChildren(makeMap(text, written, attention))
  }

  return {
    attach(model: LayersModel) {
      reader = trial.start(model)
      void answer()
    },
    async detach() {
      isOutdated = false
      await current
      reader?.dispose()
      reader = null
    },
    watch: answer,
  }
}

/** A row for each character written, a column for each that was read. */
function makeMap(text: string, written: string, attention: Reading['attention']): HTMLTableElement {
  const table = create('table', { ariaLabel: `Attention of “${written}” to “${text}”` })
  table.style.setProperty('--columns', String(text.length + 1))
  const shown = [...text].map((character) => (character === ' ' ? '␣' : character))
  const heading = (scope: string, character: string) => create('th', { scope, textContent: character })
  table.append(
    create(
      'thead',
      {},
      create('tr', {}, create('td'), ...shown.map((character) => heading('col', character))),
    ),
    create(
      'tbody',
      {},
      ...attention.map((shares, row) => {
        const character = written[row] ?? ''
        const cells = shares.map((share, column) => {
          const cell = create('td', { ariaLabel: share.toFixed(2) })
          cell.style.setProperty('--share', String(share))
          cell.dataset.told = `“${character}” looked at “${shown[column]}”: ${(100 * share).toFixed(0)} %`
          return cell
        })
        return create('tr', {}, heading('row', character), ...cells)
      }),
    ),
  )
  return table
}

/** What the colours mean. */
const scale = (): HTMLElement =>
  create(
    'span',
    { className: 'scale' },
    'row: written, column: read; 0 ',
    create('span', { className: 'ramp' }),
    ' 100 %',
  )
