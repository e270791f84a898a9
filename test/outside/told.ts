// What an editor offers of the package's types without a text that says what it is.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const HIDDEN = ts.ModifierFlags.Private | ts.ModifierFlags.Protected

/** The text of a member that says no more than its name. */
const SAYS_NOTHING = /^(The option `\w+`\.)?$/

/**
 * Members of what the package exports, of what its classes and functions make, and options that these take, which have no doc comment, as
 * `Tensor.shape`. A comment of a base class or an interface is its members' own.
 *
 * @param folder The package.
 */
export function untold(folder: string): { readonly members: readonly string[]; readonly told: number } {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const entries = Object.values<{ readonly types?: string }>(exports).flatMap(({ types }) =>
    types === undefined ? [] : [join(folder, types)],
  )
  const program = ts.createProgram(entries, {
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: ['@webgpu/types', 'node'],
    strict: true,
    skipLibCheck: true,
  })
  const checker = program.getTypeChecker()
  const seen = new Set<ts.Symbol>()
  const members: string[] = []

  function visitMembers(type: ts.Type): void {
    for (const member of checker.getPropertiesOfType(checker.getNonNullableType(type))) {
      if (seen.has(member)) continue
      seen.add(member)
      const declaration = member.valueDeclaration ?? member.declarations?.[0]
      if (!declaration?.getSourceFile().fileName.startsWith(folder)) continue
      if (ts.getCombinedModifierFlags(declaration) & HIDDEN || isOfParameters(declaration)) continue
      if (/^(prototype$|__|#)/.test(member.name)) continue
      const text = ts.displayPartsToString(member.getDocumentationComment(checker))
      if (SAYS_NOTHING.test(text)) members.push(`${ownerOf(declaration)}.${member.name}`)
    }
  }

  /** Parts of a type that an argument may have: those of a union, and entries of a list of arguments. */
  const partsOf = (type: ts.Type): readonly ts.Type[] =>
    type.isUnion()
      ? type.types.flatMap(partsOf)
      : checker.isTupleType(type)
        ? checker.getTypeArguments(type as ts.TypeReference).flatMap(partsOf)
        : [type]

  function visitExport(exported: ts.Symbol): void {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    if (symbol.flags & ts.SymbolFlags.ValueModule) {
      for (const inner of checker.getExportsOfModule(symbol)) visitExport(inner)
      return
    }
    if (symbol.flags & ts.SymbolFlags.Type) visitMembers(checker.getDeclaredTypeOfSymbol(symbol))
    if (!(symbol.flags & ts.SymbolFlags.Value) || isTypeAlone(exported)) return
    const type = checker.getTypeOfSymbol(symbol)
    visitMembers(type)
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      const made = signature.getReturnType()
      visitMembers(checker.getAwaitedType(made) ?? made)
      for (const parameter of signature.parameters)
        for (const part of partsOf(checker.getTypeOfSymbol(parameter))) visitMembers(part)
    }
  }

  for (const entry of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry) as ts.SourceFile)
    for (const exported of checker.getExportsOfModule(module as ts.Symbol)) visitExport(exported)
  }
  return { members: members.sort(), told: seen.size - members.length }
}

/** Whether an export is of the type alone: `export type { Optimizer }`. */
const isTypeAlone = ({ declarations = [] }: ts.Symbol): boolean =>
  declarations.some(ts.isTypeOnlyImportOrExportDeclaration)

/** Whether a member is an argument by name of a function of `ops`, whose text says what its parameters are. */
const isOfParameters = ({ parent }: ts.Declaration): boolean =>
  ts.isTypeLiteralNode(parent) && /\/operations\/\w+\.d\.ts$/.test(parent.getSourceFile().fileName)

const ownerOf = ({ parent }: ts.Declaration): string =>
  ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent)
    ? (parent.name?.text ?? '')
    : parent.getSourceFile().fileName.replace(/^.*\/dist\//, '')
