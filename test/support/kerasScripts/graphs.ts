/** Texts with functional models, classes and functions. */
import { expect } from 'vitest'
import * as recurra from '../../../src/index.ts'
import type { Script } from './script.ts'

const {
  Attention,
  Bidirectional,
  Concatenate,
  concatenate,
  Conv1D,
  Dense,
  Dropout,
  Embedding,
  GlobalAveragePooling1D,
  GlobalMaxPooling1D,
  Input,
  LayerNormalization,
  LSTM,
  Model,
  MultiHeadAttention,
  ops,
} = recurra

const text: Script = {
  name: 'classification of texts with an Embedding',
  text: `
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

max_features = 20000  # Only consider the top 20k words
maxlen = 200

inputs = keras.Input(shape=(None,), dtype="int32")
x = layers.Embedding(max_features, 128)(inputs)
x = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(x)
x = layers.Bidirectional(layers.LSTM(64))(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
model.summary()

(x_train, y_train), (x_val, y_val) = keras.datasets.imdb.load_data(num_words=max_features)
print(len(x_train), "Training sequences")
x_train = keras.utils.pad_sequences(x_train, maxlen=maxlen)
x_val = keras.utils.pad_sequences(x_val, maxlen=maxlen)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=2, validation_data=(x_val, y_val))
`,
  build() {
    const inputs = Input([null], { dtype: 'int32' })
    let x = Embedding(20000, 128)(inputs)
    x = Bidirectional(LSTM(64, { returnSequences: true }))(x)
    x = Bidirectional(LSTM(64))(x)
    const model = Model(inputs, Dense(1, { activation: 'sigmoid' })(x))
    model.compile({ optimizer: 'adam', loss: 'binary_crossentropy', metrics: ['accuracy'] })
    return model
  },
  fit: { batchSize: 32, epochs: 2 },
  data: { x: 'x_train', y: 'y_train', validationData: ['x_val', 'y_val'] },
}

const several: Script = {
  name: 'several inputs and outputs with losses by name',
  text: `
num_tags, num_words, num_departments = 12, 1000, 4
title_input = keras.Input(shape=(None,), name="title")
body_input = keras.Input(shape=(None,), name="body")
tags_input = keras.Input(shape=(num_tags,), name="tags")
title_features = layers.Embedding(num_words, 16)(title_input)
body_features = layers.Embedding(num_words, 16)(body_input)
title_features = layers.LSTM(32)(title_features)
body_features = layers.LSTM(8)(body_features)
x = layers.concatenate([title_features, body_features, tags_input])
priority_pred = layers.Dense(1, name="priority")(x)
department_pred = layers.Dense(num_departments, name="department")(x)
model = keras.Model(
    inputs=[title_input, body_input, tags_input],
    outputs=[priority_pred, department_pred],
)
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss={
        "priority": keras.losses.BinaryCrossentropy(from_logits=True),
        "department": keras.losses.CategoricalCrossentropy(from_logits=True),
    },
    loss_weights={"priority": 1.0, "department": 0.2},
)
model.fit(
    {"title": title_data, "body": body_data, "tags": tags_data},
    {"priority": priority_targets, "department": dept_targets},
    epochs=2, batch_size=32,
)
`,
  build() {
    const title = Input([null], { name: 'title' })
    const body = Input([null], { name: 'body' })
    const tags = Input([12], { name: 'tags' })
    const a = Embedding(1000, 16)(title)
    const b = Embedding(1000, 16)(body)
    const x = concatenate([LSTM(32)(a), LSTM(8)(b), tags])
    const model = Model(
      [title, body, tags],
      [Dense(1, { name: 'priority' })(x), Dense(4, { name: 'department' })(x)],
    )
    model.compile({
      optimizer: recurra.RMSprop(1e-3),
      loss: {
        priority: recurra.BinaryCrossentropy({ fromLogits: true }),
        department: recurra.CategoricalCrossentropy({ fromLogits: true }),
      },
      lossWeights: { priority: 1, department: 0.2 },
    })
    return model
  },
  fit: { epochs: 2, batchSize: 32 },
  data: {
    x: { title: 'title_data', body: 'body_data', tags: 'tags_data' },
    y: { priority: 'priority_targets', department: 'dept_targets' },
  },
}

const seq2seq: Script = {
  name: 'encoder and decoder with states, and models for inference that share their layers',
  text: `
latent_dim = 16
num_encoder_tokens = 20
num_decoder_tokens = 30
encoder_inputs = keras.Input(shape=(None, num_encoder_tokens))
encoder = keras.layers.LSTM(latent_dim, return_state=True)
encoder_outputs, state_h, state_c = encoder(encoder_inputs)
encoder_states = [state_h, state_c]
decoder_inputs = keras.Input(shape=(None, num_decoder_tokens))
decoder_lstm = keras.layers.LSTM(latent_dim, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
decoder_dense = keras.layers.Dense(num_decoder_tokens, activation="softmax")
decoder_outputs = decoder_dense(decoder_outputs)
model = keras.Model([encoder_inputs, decoder_inputs], decoder_outputs)
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit([encoder_input_data, decoder_input_data], decoder_target_data, batch_size=64, epochs=100, validation_split=0.2)
model.save("s2s_model.keras")

encoder_model = keras.Model(encoder_inputs, encoder_states)
decoder_state_input_h = keras.Input(shape=(latent_dim,))
decoder_state_input_c = keras.Input(shape=(latent_dim,))
decoder_states_inputs = [decoder_state_input_h, decoder_state_input_c]
decoder_outputs, state_h, state_c = decoder_lstm(decoder_inputs, initial_state=decoder_states_inputs)
decoder_states = [state_h, state_c]
decoder_outputs = decoder_dense(decoder_outputs)
decoder_model = keras.Model([decoder_inputs] + decoder_states_inputs, [decoder_outputs] + decoder_states)

def decode_sequence(input_seq):
    states_value = encoder_model.predict(input_seq, verbose=0)
    stop_condition = False
    while not stop_condition:
        output_tokens, h, c = decoder_model.predict([target_seq] + states_value, verbose=0)
        if sampled_char == "\\n":
            stop_condition = True
    return decoded_sentence

for seq_index in range(20):
    print(decode_sequence(encoder_input_data[seq_index : seq_index + 1]))
`,
  build() {
    const inputs = Input([null, 20])
    const [, h, c] = LSTM(16, { returnState: true })(inputs)
    const targets = Input([null, 30])
    const decoder = LSTM(16, { returnSequences: true, returnState: true })
    const [sequence] = decoder(targets, { initialState: [h, c] })
    const dense = Dense(30, { activation: 'softmax' })
    const training = Model([inputs, targets], dense(sequence))
    training.compile({ optimizer: 'rmsprop', loss: 'categorical_crossentropy', metrics: ['accuracy'] })
    Model(inputs, [h, c])
    const [stateH, stateC] = [Input([16]), Input([16])]
    const [output, nextH, nextC] = decoder(targets, { initialState: [stateH, stateC] })
    return Model([targets, stateH, stateC], [dense(output), nextH, nextC])
  },
  fit: { batchSize: 64, epochs: 100, validationSplit: 0.2 },
  data: { x: ['encoder_input_data', 'decoder_input_data'], y: 'decoder_target_data' },
}

const transformer: Script = {
  name: 'a block of attention as a function, several times',
  text: `
def transformer_encoder(inputs, head_size, num_heads, ff_dim, dropout=0):
    # Attention and Normalization
    x = layers.MultiHeadAttention(
        key_dim=head_size, num_heads=num_heads, dropout=dropout
    )(inputs, inputs)
    x = layers.Dropout(dropout)(x)
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    res = x + inputs

    # Feed Forward Part
    x = layers.Conv1D(filters=ff_dim, kernel_size=1, activation="relu")(res)
    x = layers.Dropout(dropout)(x)
    x = layers.Conv1D(filters=inputs.shape[-1], kernel_size=1)(x)
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    return x + res

def build_model(input_shape, head_size, num_heads, ff_dim, num_transformer_blocks, mlp_units, dropout=0, mlp_dropout=0):
    inputs = keras.Input(shape=input_shape)
    x = inputs
    for _ in range(num_transformer_blocks):
        x = transformer_encoder(x, head_size, num_heads, ff_dim, dropout)

    x = layers.GlobalAveragePooling1D(data_format="channels_last")(x)
    for dim in mlp_units:
        x = layers.Dense(dim, activation="relu")(x)
        x = layers.Dropout(mlp_dropout)(x)
    outputs = layers.Dense(n_classes, activation="softmax")(x)
    return keras.Model(inputs, outputs)

input_shape = x_train.shape[1:]
n_classes = len(np.unique(y_train))
model = build_model(
    input_shape, head_size=16, num_heads=4, ff_dim=4,
    num_transformer_blocks=2, mlp_units=[32], mlp_dropout=0.4, dropout=0.25,
)
model.compile(
    loss="sparse_categorical_crossentropy",
    optimizer=keras.optimizers.Adam(learning_rate=1e-4),
    metrics=["sparse_categorical_accuracy"],
)
callbacks = [keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)]
model.fit(x_train, y_train, validation_split=0.2, epochs=150, batch_size=64, callbacks=callbacks)
`,
  values: { input_shape: [50, 1], n_classes: 2 },
  build() {
    const inputs = Input([50, 1])
    let x = inputs
    for (let i = 0; i < 2; i++) {
      const before = x
      x = MultiHeadAttention(4, 16, { dropout: 0.25 })(x, x)
      x = LayerNormalization({ epsilon: 1e-6 })(Dropout(0.25)(x))
      const res = ops.add(x, before)
      x = Dropout(0.25)(Conv1D(4, 1, { activation: 'relu' })(res))
      x = LayerNormalization({ epsilon: 1e-6 })(Conv1D(1, 1)(x))
      x = ops.add(x, res)
    }
    x = GlobalAveragePooling1D({ dataFormat: 'channels_last' })(x)
    x = Dropout(0.4)(Dense(32, { activation: 'relu' })(x))
    const model = Model(inputs, Dense(2, { activation: 'softmax' })(x))
    model.compile({
      loss: 'sparse_categorical_crossentropy',
      optimizer: recurra.Adam(1e-4),
      metrics: ['sparse_categorical_accuracy'],
    })
    return model
  },
  fit: {
    validationSplit: 0.2,
    epochs: 150,
    batchSize: 64,
    callbacks: [expect.objectContaining({ patience: 10 })],
  },
  data: { x: 'x_train', y: 'y_train' },
}

const attention: Script = {
  name: 'Attention between query and value, pooled, concatenated',
  text: `
query_input = tf.keras.Input(shape=(None,), dtype='int32')
value_input = tf.keras.Input(shape=(None,), dtype='int32')
token_embedding = tf.keras.layers.Embedding(input_dim=1000, output_dim=64)
query_embeddings = token_embedding(query_input)
value_embeddings = token_embedding(value_input)
cnn_layer = tf.keras.layers.Conv1D(filters=100, kernel_size=4, padding='same')
query_seq_encoding = cnn_layer(query_embeddings)
value_seq_encoding = cnn_layer(value_embeddings)
query_value_attention_seq = tf.keras.layers.Attention()([query_seq_encoding, value_seq_encoding])
query_encoding = tf.keras.layers.GlobalMaxPooling1D()(query_seq_encoding)
query_value_attention = tf.keras.layers.GlobalAveragePooling1D()(query_value_attention_seq)
input_layer = tf.keras.layers.Concatenate()([query_encoding, query_value_attention])
model = tf.keras.Model(inputs=[query_input, value_input], outputs=tf.keras.layers.Dense(1)(input_layer))
`,
  build() {
    const query = Input([null], { dtype: 'int32' })
    const value = Input([null], { dtype: 'int32' })
    const embedding = Embedding(1000, 64)
    const [a, b] = [embedding(query), embedding(value)]
    const cnn = Conv1D(100, 4, { padding: 'same' })
    const [c, d] = [cnn(a), cnn(b)]
    const attended = Attention()([c, d])
    const first = GlobalMaxPooling1D()(c)
    const joined = Concatenate()([first, GlobalAveragePooling1D()(attended)])
    return Model([query, value], Dense(1)(joined))
  },
}

export const graphs: readonly Script[] = [text, several, seq2seq, transformer, attention]
