// Owns what the page brings with it: its figures, and the words of scripts.

const byId = (id) => document.getElementById(id);
const FIGURES = JSON.parse(byId("figures-data").textContent);
const WORDS = FIGURES.words;
