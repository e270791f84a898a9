import { loadModel, setBackend, tensor } from '/work/main/src/index.ts'
import { goldenCase, goldenNames } from '/work/main/test/support/golden.ts'
await setBackend('cpu')
for (const name of process.argv[2] ? [process.argv[2]] : goldenNames) {
  try {
  const c = goldenCase(name)
  const m = await loadModel(c.modelBytes)
  const diff=(a: ArrayLike<number>, b: ArrayLike<number>) => { let d=0, mx=1e-30; for (let i=0;i<b.length;i++) { d=Math.max(d,Math.abs(a[i]!-b[i]!)); mx=Math.max(mx,Math.abs(b[i]!)) } return (d/mx).toExponential(1) }
  const x = c.x.map(a=>tensor(a.data as Float32Array, a.shape)); const y = c.y.map(a=>tensor(a.data as Float32Array, a.shape))
  const xs = x.length===1? x[0]!: x
  const out=[name]
  const bs = c.case.fit?.batch_size
  const p0 = await m.predict(xs, {})
  out.push('p0 '+diff(p0.data, c.predict0[0]!.data))
  if (c.gradients.size) {
    const first = (t: any) => tensor(t.data.slice(0, bs!*t.data.length/t.shape[0]), [bs!, ...t.shape.slice(1)])
    const g = await m.gradients(x.length===1?first(x[0]):x.map(first), first(y[0]))
    let worst='0'; for (const [k,v] of c.gradients) { if (!g[k]) { out.push('missing '+k); continue } const d=diff(g[k]!.data, v.data); if (Number(d)>Number(worst)) worst=d }
    out.push('grad '+worst)
  }
  if (c.case.fit) {
    const hist: Record<string, number[]> = {}
    if (c.case.fit.reset_states_between_epochs) { m.resetStates(); for (let e=0;e<c.case.fit.epochs;e++) { const h = await m.fit(xs, y[0]!, {batchSize: bs!, epochs:1, shuffle:false, verbose:0}); m.resetStates(); for (const k in h.history) (hist[k]??=[]).push(...h.history[k]!) } }
    else Object.assign(hist, (await m.fit(xs, y[0]!, {batchSize: bs!, epochs:c.case.fit.epochs, shuffle:false, verbose:0})).history)
    for (const k in c.case.history!) out.push('hist '+k+' '+diff(hist[k]!, c.case.history![k]!))
    const ws = await m.getWeights(); let worst='0'; m.weights.forEach((w,i)=>{ const d=diff(ws[i]!.data, c.after.get(w.path)!.data); if (Number(d)>Number(worst)) worst=d }); out.push('after '+worst)
    out.push('p1 '+diff((await m.predict(xs)).data, c.predict1[0]!.data))
    if (c.trainedBytes && c.case.resumed_history) { const t = await loadModel(c.trainedBytes); const h = await t.fit(xs, y[0]!, {batchSize: bs!, epochs:2, shuffle:false, verbose:0}); for (const k in c.case.resumed_history) out.push('res '+k+' '+diff(h.history[k]!, c.case.resumed_history![k]!)) }
  }
  let text=''; m.summary({printFn: t=>{text+=t}}); if (text.trimEnd()!==c.summary.trimEnd()) { out.push('SUMMARY'); if (process.argv[2]) console.log(text,'\n', c.summary) }
  console.log(out.join(' | '))
  } catch (e) { console.log(name, process.argv[2]? e : (e as Error).message.slice(0,300)) }
}
