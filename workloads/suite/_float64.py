"""Owns the arithmetic with which references are computed: layers in float64, by numpy alone."""

import numpy as np


def in_float64(weights):
    """Return the weights of layers, a list for each, in float64."""
    return [[value.astype("float64") for value in layer] for layer in weights]


def sigmoid(values):
    """Return the logistic function."""
    return 1 / (1 + np.exp(-values))


def softmax(values):
    """Return probabilities along the last axis."""
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def lstm_states(series, kernel, recurrent, bias):
    """Return the hidden states of a long short-term memory, whose inputs come time first."""
    hidden = carry = np.zeros((series.shape[1], len(recurrent)))
    states = []
    for now in series:
        gates = now @ kernel + hidden @ recurrent + bias
        enter, forget, new, leave = np.split(gates, 4, axis=1)
        carry = sigmoid(forget) * carry + sigmoid(enter) * np.tanh(new)
        hidden = sigmoid(leave) * np.tanh(carry)
        states.append(hidden)
    return np.array(states)


def convolved(maps, kernel, bias):
    """Return the 3 x 3 convolution that keeps the size; channels come last."""
    _, height, width, _ = maps.shape
    padded = np.pad(maps, ((0, 0), (1, 1), (1, 1), (0, 0)), "constant")
    return bias + sum(
        padded[:, row : row + height, column : column + width] @ kernel[row, column]
        for row in range(3)
        for column in range(3)
    )


def pooled(maps):
    """Return the largest value of each 2 x 2."""
    count, height, width, channels = maps.shape
    return maps.reshape(count, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))


def head_trained(inputs, kernel, bias, labels, rate):
    """Return the loss of a softmax layer, and its kernel after one step of gradient descent."""
    answers = softmax(inputs @ kernel + bias)
    at = np.arange(len(labels)), labels
    slope = answers.copy()
    slope[at] -= 1
    loss = -np.log(answers[at]).mean()
    return loss, kernel - rate * inputs.T @ slope / len(labels)
