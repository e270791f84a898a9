// A row of tabs over one panel; arrow keys, Home and End move along it.

import { create } from './dom.ts'

export interface Tab {
  readonly name: string
  readonly title: string
}

/** Fills `list` with tabs that show `panel`; returns what marks one of them as chosen. */
export function makeTabs(
  list: HTMLElement,
  panel: HTMLElement,
  tabs: readonly Tab[],
  choose: (name: string) => void,
): (name: string) => void {
  const buttons = tabs.map(({ name, title }) => {
    const button = create('button', { type: 'button', role: 'tab', id: `tab-${name}`, textContent: title })
    button.setAttribute('aria-controls', panel.id)
    button.addEventListener('click', () => choose(name))
    return button
  })
  list.replaceChildren(...buttons)
  list.addEventListener('keydown', (event) => {
    const current = buttons.findIndex((button) => button.matches(':focus'))
    const last = buttons.length - 1
    const moves: Record<string, number> = {
      ArrowRight: current === last ? 0 : current + 1,
      ArrowLeft: current === 0 ? last : current - 1,
      Home: 0,
      End: last,
    }
    const next = buttons[moves[event.key] ?? -1]
    if (!next) return
    event.preventDefault()
    next.focus()
    next.click()
  })
  return (chosen) => {
    tabs.forEach(({ name }, i) => {
      buttons[i]?.setAttribute('aria-selected', String(name === chosen))
      if (buttons[i]) buttons[i].tabIndex = name === chosen ? 0 : -1
    })
    panel.setAttribute('aria-labelledby', `tab-${chosen}`)
  }
}
