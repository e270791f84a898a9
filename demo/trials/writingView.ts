// A text that goes on from what the reader types, a character at a time, and a sample of what the model writes as it learns.

import type { LayersModel } from 'recurra'
import { create } from '../dom.ts'
import type { Writer, WritingTrial } from '../trial.ts'
import { makeTextField, messageOf, type TrialView } from './trialView.ts'

/** Characters of a sample, and of a text that nobody stops. */
const SAMPLE = 90
const MOST = 1000
/** Milliseconds a character: slow enough to be watched. */
const PACE = 16
/** Texts that are kept. */
const KEPT = 40

export function makeWritingView(figure: HTMLElement, trial: WritingTrial): TrialView {
  const field = makeTextField(trial, trial.prompt)
  const range = create('input', {
    type: 'range',
    min: '0.1',
    max: '1.5',
    step: '0.1',
    value: '0.5',
    id: 'temperature',
  })
  const degree = create('output', { htmlFor: range.id as never })
  const button = create('button', { type: 'button', id: 'write', textContent: 'Write' })
  const page = create('div', {
    className: 'texts',
    id: 'texts',
    tabIndex: 0,
    role: 'log',
    ariaLabel: trial.title,
  })
  page.setAttribute('aria-live', 'off')
  const hint = create(
    'p',
    { className: 'note' },
    'While it trains, a sample after every few epochs stands here.',
  )
  page.append(hint)
  figure.replaceChildren(
    create('figcaption', {}, create('b', {}, trial.title)),
    create(
      'div',
      { className: 'writer' },
      field.labelled,
      create('label', { className: 'field' }, create('span', {}, 'Temperature ', degree), range),
      button,
    ),
    field.refusal,
    page,
  )

  let writer: Writer | null = null
  /** What is being written; texts come one after the other. */
  let current: Promise<void> = Promise.resolve()
  let isWriting = false
  const temperature = (): number => Number(range.value)
  const showTemperature = (): void => {
    degree.value = temperature().toFixed(1)
  }
  showTemperature()
  range.addEventListener('input', showTemperature)

  /** Begins a text at the end of the page. */
  function begin(label: string, prompt: string): (more: string) => void {
    hint.remove()
    const text = create('span')
    page.append(create('p', {}, create('small', {}, label), create('b', {}, prompt), text))
    while (page.childElementCount > KEPT) page.firstElementChild?.remove()
    const follow = (): void => {
      page.scrollTop = page.scrollHeight
    }
    follow()
    return (more) => {
      // Whoever has scrolled up goes on reading.
      const isAtEnd = page.scrollHeight - page.scrollTop - page.clientHeight < 40
      text.textContent += more
      if (isAtEnd) follow()
    }
  }

  function inTurn(write: (writer: Writer) => Promise<void>): Promise<void> {
    const turn = current.then(() => (writer ? write(writer) : undefined))
    current = turn.catch(() => undefined)
    return turn
  }

  async function write(): Promise<void> {
    const prompt = field.check()
    if (prompt === null) return
    isWriting = true
    button.textContent = 'Stop writing'
    try {
      await inTurn(async (writer) => {
        const append = begin(`temperature ${temperature().toFixed(1)}`, prompt)
        await writer.begin(prompt)
        const began = performance.now()
        for (let count = 1; count <= MOST && isWriting; count++) {
          append(await writer.next(temperature()))
          // After a training step between two characters it catches up.
          if (count * PACE > performance.now() - began) await new Promise(requestAnimationFrame)
        }
      })
    } catch (error) {
      field.refusal.textContent = messageOf(error)
    }
    isWriting = false
    button.textContent = 'Write'
  }

  button.addEventListener('click', () => {
    if (isWriting) isWriting = false
    else void write()
  })
  field.input.addEventListener('keydown', ({ key }) => {
    if (key === 'Enter' && !isWriting) void write()
  })
  field.input.addEventListener('input', () => void field.check())

  return {
    attach(model: LayersModel) {
      writer = trial.start(model)
    },
    async detach() {
      isWriting = false
      await current
      writer?.dispose()
      writer = null
    },
    async watch(epochs) {
      // The reader's text is not interrupted.
      if (isWriting) return
      await inTurn(async (writer) => {
        const append = begin(`after ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`, trial.prompt)
        await writer.begin(trial.prompt)
        let text = ''
        while (text.length < SAMPLE) text += await writer.next(temperature())
        append(text)
      })
    },
  }
}
