// Keras's names as types: what the functions that look names up take, letter by letter.

type Capital<Letter extends string> = Letter extends Lowercase<Letter> ? false : true
type Small<Letter extends string> = Letter extends Uppercase<Letter> ? false : true

/** Whether a word starts between two letters: before a capital that a small letter follows, or that follows one. */
type Starts<Before extends string, Letter extends string, Rest extends string> =
  Capital<Letter> extends false
    ? false
    : Small<Before> extends true
      ? true
      : Rest extends `${infer Next}${string}`
        ? Small<Next>
        : false

type Snake<
  Rest extends string,
  Before extends string,
  Made extends string,
> = Rest extends `${infer Letter}${infer More}`
  ? Snake<More, Letter, `${Made}${Starts<Before, Letter, More> extends true ? '_' : ''}${Lowercase<Letter>}`>
  : Made

/** `KLDivergence` → `kl_divergence`, as snakeCase makes it. */
export type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? Snake<Rest, First, Lowercase<First>>
  : Name

/** An alias as Keras spells it: `mse`, `MSE`. */
type Alias<Name extends string> = Name extends `${string}_${string}` ? Name : Name | Uppercase<Name>

type Aliases<Names extends string> = Names extends `${infer First} ${infer Rest}`
  ? Alias<First> | Aliases<Rest>
  : Alias<Names>

/** All names in a text of a class's name and its aliases, `'MeanSquaredError mse'`, with TensorFlow.js's `meanSquaredError`. */
export type NamesIn<Text extends string> = Text extends `${infer Class} ${infer Rest}`
  ? NamesIn<Class> | Aliases<Rest>
  : Text | Uncapitalize<Text> | SnakeCase<Text>

/** The words of a text, in which blanks lie between them. */
export type WordsOf<Text extends string> = Text extends `${infer First} ${infer Rest}`
  ? First | WordsOf<Rest>
  : Text
