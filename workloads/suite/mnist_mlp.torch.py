"""The same network in PyTorch, each operation run at once, by the loops its users write."""

import torch
from _mlp import weights
from _mnist import images_and_labels
from _torch import device, finished

CASES = {mode: {"mode": mode} for mode in ("fit", "train_step", "predict_one")}
BATCH, BATCHES_OF_FIT, RATE = 32, 4, 0.01


def build(mode):
    """Return the step of one case."""
    make = {"fit": fit, "train_step": train_step, "predict_one": predict_one}
    return make[mode](network(), device())


def network():
    """Return the model with the weights that all frameworks start from."""
    hidden, hidden_bias, output, output_bias = map(torch.from_numpy, weights())
    first, second = torch.nn.Linear(*hidden.shape), torch.nn.Linear(*output.shape)
    with torch.no_grad():
        # A kernel is stored the other way round.
        for layer, kernel, bias in ((first, hidden, hidden_bias), (second, output, output_bias)):
            layer.weight.copy_(kernel.t())
            layer.bias.copy_(bias)
    return torch.nn.Sequential(first, torch.nn.ReLU(), second).to(device())


def fit(model, where):
    """Train on a few batches, each copied to the device as a data loader would."""
    images, labels = map(torch.from_numpy, images_and_labels(BATCH * BATCHES_OF_FIT))
    train = trainer(model)

    def step():
        losses = [
            train(x.to(where), y.to(where).long())
            for x, y in zip(images.split(BATCH), labels.split(BATCH))
        ]
        loss = float(sum(losses) / len(losses))
        finished(where)
        return {"loss": [loss], "kernel": lambda: kernel(model)}

    return step


def train_step(model, where):
    """Train on one batch that is on the device."""
    images, labels = (torch.from_numpy(each).to(where) for each in images_and_labels(BATCH))
    train, labels = trainer(model), labels.long()

    def step():
        loss = float(train(images, labels))
        finished(where)
        return {"loss": loss, "kernel": lambda: kernel(model)}

    return step


def predict_one(model, where):
    """Answer for one image."""
    one = torch.from_numpy(images_and_labels(BATCH)[0][:1])

    def step():
        with torch.no_grad():
            answer = torch.softmax(model(one.to(where)), dim=1)
        return {"probabilities": answer.cpu().numpy()}  # waits for the GPU

    return step


def trainer(model):
    """Return a function that takes one step of gradient descent and returns the loss."""
    sgd, crossentropy = torch.optim.SGD(model.parameters(), lr=RATE), torch.nn.CrossEntropyLoss()

    def train(images, labels):
        sgd.zero_grad()
        loss = crossentropy(model(images), labels)
        loss.backward()
        sgd.step()
        return loss.detach()

    return train


def kernel(model):
    """Return the weights of the last layer as other frameworks store them."""
    return model[2].weight.detach().cpu().numpy().T


def outputs(result):
    """Return what is compared; the weights are fetched here, outside the timing of the step."""
    return {name: value() if callable(value) else value for name, value in result.items()}
