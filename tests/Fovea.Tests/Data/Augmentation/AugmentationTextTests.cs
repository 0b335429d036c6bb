using Fovea.Data.Augmentation;

namespace Fovea.Tests.Data.Augmentation;

public class AugmentationTextTests
{
    [Fact]
    public void A_text_names_steps_their_values_and_how_often_they_happen()
    {
        Augmenter augmenter = Augmenter.Parse("flip, rotate:10, elastic:34:4, blur:1@0.3, crop:4, mixup:0.2@0.5, border:mirror");
        Assert.Equal(
            [new Flip(), new Rotate(10), new Elastic(34, 4), new Blur(1) { Probability = 0.3 }, new PaddedCrop(4)],
            augmenter.Steps);
        Assert.Equal([new MixUp(0.2) { Probability = 0.5 }], augmenter.Mixing);
        Assert.Equal(Border.Mirror, augmenter.Border);
        Assert.Equal([new RandomResizedCrop(0.08, 1), new RandomErasing(0.02, 0.33), new RandAugment(2, 9), new Shear(5, 0)], Augmenter.Parse("resized-crop,erase,randaugment,skew:5").Steps);
    }

    [Fact]
    public void Presets_stand_for_their_steps_and_none_for_nothing()
    {
        Assert.True(Augmenter.Parse("none").IsIdentity);
        foreach (string text in AugmentationText.Presets.Values.Where(text => text.Length > 0))
            Assert.False(Augmenter.Parse(text).IsIdentity);
        Assert.Equal([.. Augmenter.Parse(AugmentationText.Presets["digits"]).Steps, new Cutout(8)], Augmenter.Parse("digits,cutout:8").Steps);
        Assert.Contains("elastic:ALPHA:SIGMA", AugmentationText.Forms);
    }

    [Theory]
    [InlineData("", "unknown augmentation ''; known are flip, mirror, rotate")]
    [InlineData("spin:4", "unknown augmentation 'spin'; known are flip")]
    [InlineData("Flip", "unknown augmentation 'Flip'")]
    [InlineData("flip,,rotate:4", "unknown augmentation ''")]
    [InlineData("rotate", "rotate needs degrees; right would be rotate:DEGREES")]
    [InlineData("rotate:", "rotate takes degrees, a number, got ''")]
    [InlineData("rotate:ten", "rotate takes degrees, a number, got 'ten'")]
    [InlineData("rotate:nan", "got 'nan'")]
    [InlineData("rotate:200", "the angle of rotate must be from 0 to 180, got 200")]
    [InlineData("rotate:10:10", "rotate has 1 value too many; right would be rotate:DEGREES")]
    [InlineData("crop:1.5", "crop takes a whole number, got '1.5'")]
    [InlineData("crop:99999999999", "crop takes a whole number")]
    [InlineData("crop:-1", "the frame of crop must be from 0 to 1000, got -1")]
    [InlineData("elastic:34", "elastic needs the smoothness")]
    [InlineData("elastic:34:0", "the smoothness of elastic must be from 0.5 to 32, got 0")]
    [InlineData("scale:1.2:0.8", "the largest factor of scale must be from 1.2 to 10, got 0.8")]
    [InlineData("flip:sideways", "flip takes one of horizontal, vertical, both, got 'sideways'")]
    [InlineData("flip@2", "the probability of an augmentation must be from 0 to 1, got 2")]
    [InlineData("flip@", "flip takes a share of the images after the @, a number, got ''")]
    [InlineData("flip@0.5@0.5", "'flip@0.5@0.5' is no augmentation")]
    [InlineData("border", "border needs black, edge or mirror")]
    [InlineData("border:mirror@1", "'border:mirror@1' is no augmentation")]
    [InlineData("mixup:0", "the alpha of mixup must be from 0.01 to 100, got 0")]
    [InlineData("hue:0.6", "the turn of hue must be from 0 to 0.5, got 0.6")]
    public void What_is_wrong_is_said_with_what_would_be_right(string text, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Augmenter.Parse(text)).Message, StringComparison.Ordinal);
}
