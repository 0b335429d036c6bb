namespace Fovea.Imaging.Resizing;

/// <summary>What happens to a image whose proportions are not those wanted.</summary>
public enum FitMode
{
    /// <summary>Both directions are scaled, each by itself.</summary>
    Stretch,

    /// <summary>The whole image is kept, between bars of the background's colour.</summary>
    Letterbox,

    /// <summary>The frame is filled, and what hangs over on two sides is cut off.</summary>
    CentreCrop,
}
