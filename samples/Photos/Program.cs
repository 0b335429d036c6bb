using Fovea.Imaging;

// One sub-folder per class, such as photos/cat and photos/dog.
ImageClassifier classifier = ImageClassifier.Train("photos");
classifier.Save("photos.safetensors");

classifier = ImageClassifier.Load("photos.safetensors");
foreach (ClassifiedImage image in classifier.ClassifyBatch(Directory.EnumerateFiles("new"), top: 3))
    foreach (Guess guess in image.Classification?.Guesses ?? [])
        Console.WriteLine($"{image.Name}: {guess.Class} {guess.Probability:P1}");
