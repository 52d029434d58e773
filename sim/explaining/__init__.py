"""Where figures come from: what each input of a stack does to them, all else being equal."""
