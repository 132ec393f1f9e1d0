"""From sound to text by speaker: the recogniser, the queue of transcriptions, corrections, speech metrics."""
