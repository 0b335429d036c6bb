using Fovea.Kernels;
using Fovea.Tensors;

namespace Fovea.Data.Augmentation;

/// <summary>
/// An image while it is being changed, and all the memory that takes: changing one allocates nothing after the first.
/// Geometric changes add up until somebody looks at the pixels and are then made in one resampling, so that an image that
/// is scaled, turned and bent is interpolated once. One canvas serves one thread.
/// </summary>
internal sealed class Canvas
{
    private readonly float[] _pixels;
    private readonly float[] _fill;
    private float[] _framed = [];
    private float[] _displacementX = [], _displacementY = [];
    private readonly float[][] _scratch = [[], []];
    private double _xx = 1, _xy, _x, _yx, _yy = 1, _y;
    private bool _isMoved, _isDisplaced;

    /// <summary>A canvas for images of this shape.</summary>
    /// <param name="shape">(C, H, W), C being 1 or 3.</param>
    /// <param name="border">What appears in gaps.</param>
    /// <param name="fill">One value a channel for what is cut out: the data set's mean is what a model sees as nothing; 0 if null.</param>
    /// <exception cref="ArgumentException">The shape is no image's, or there is not one fill value a channel.</exception>
    public Canvas(Shape shape, Border border = Border.Black, IReadOnlyList<double>? fill = null)
    {
        if (!shape.IsMaps || shape.Channels is not (1 or 3))
            throw new ArgumentException($"an image's shape is (1, H, W) or (3, H, W), got {shape}", nameof(shape));
        if (fill is not null && fill.Count != shape.Channels)
            throw new ArgumentException($"images of {shape} take {shape.Channels} fill values, got {fill.Count}", nameof(fill));
        Shape = shape;
        Border = border;
        _pixels = new float[shape.Length];
        _fill = fill is null ? new float[shape.Channels] : [.. fill.Select(value => (float)value)];
    }

    /// <summary>(C, H, W).</summary>
    public Shape Shape { get; }

    /// <summary>What appears in gaps.</summary>
    public Border Border { get; }

    /// <summary>One value a channel for what is cut out.</summary>
    public ReadOnlySpan<float> Fill => _fill;

    /// <summary>The image, (C, H, W), in [0, 1], with all changes so far made.</summary>
    public Span<float> Pixels
    {
        get
        {
            Resample();
            return _pixels;
        }
    }

    /// <summary>One channel of the image: (H, W).</summary>
    public Span<float> Plane(int channel)
    {
        int length = Shape.Height * Shape.Width;
        return Pixels.Slice(channel * length, length);
    }

    /// <summary>Forgets the image and what was to be done to it. Returns where the next one goes, (C, H, W).</summary>
    public Span<float> Start()
    {
        Straighten();
        return _pixels;
    }

    /// <summary>
    /// Moves the image: what will be at (x, y), measured from the centre in pixels, comes from
    /// (xx · x + xy · y + shiftX, yx · x + yy · y + shiftY) of the image as it is now.
    /// </summary>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public void Move(double xx, double xy, double yx, double yy, double shiftX = 0, double shiftY = 0)
    {
        if (!double.IsFinite(xx + xy + yx + yy + shiftX + shiftY))
            throw new ArgumentException("images move by finite numbers only");
        (_x, _y) = (_xx * shiftX + _xy * shiftY + _x, _yx * shiftX + _yy * shiftY + _y);
        (_xx, _xy) = (_xx * xx + _xy * yx, _xx * xy + _xy * yy);
        (_yx, _yy) = (_yx * xx + _yy * yx, _yx * xy + _yy * yy);
        _isMoved = true;
    }

    /// <summary>
    /// What is added to the place in the old image that each new pixel comes from, in pixels, both (H, W): whoever bends
    /// the image adds to what is there. It does not depend on whether the image is moved before or after.
    /// </summary>
    public void Displacement(out Span<float> x, out Span<float> y)
    {
        int length = Shape.Height * Shape.Width;
        if (_displacementX.Length == 0)
            (_displacementX, _displacementY) = (new float[length], new float[length]);
        if (!_isDisplaced)
        {
            Array.Clear(_displacementX);
            Array.Clear(_displacementY);
        }
        _isDisplaced = true;
        x = _displacementX;
        y = _displacementY;
    }

    /// <summary>Memory for a step's own use, whatever is in it. It is the same again at the next call.</summary>
    /// <param name="length">How many floats.</param>
    /// <param name="which">0 or 1: two steps' worth may be in use at once.</param>
    public Span<float> Scratch(int length, int which = 0)
    {
        if (_scratch[which].Length < length)
            _scratch[which] = new float[length];
        return _scratch[which].AsSpan(0, length);
    }

    private void Resample()
    {
        if (!_isMoved && !_isDisplaced)
            return;
        int height = Shape.Height, width = Shape.Width;
        if (_framed.Length == 0)
            _framed = new float[BilinearWarp.FramedLength(Shape.Channels, height, width)];
        BilinearWarp.CopyIntoFrame(_pixels, Shape.Channels, height, width, _framed);
        double centreX = (width - 1) / 2.0, centreY = (height - 1) / 2.0;
        var map = new WarpMap(
            _xx, _xy, centreX + _x - _xx * centreX - _xy * centreY,
            _yx, _yy, centreY + _y - _yx * centreX - _yy * centreY);
        WarpBorder border = Border switch
        {
            Border.Black => WarpBorder.Zero,
            Border.Edge => WarpBorder.Edge,
            _ => WarpBorder.Mirror,
        };
        BilinearWarp.Sample(
            _framed, Shape.Channels, height, width, map,
            _isDisplaced ? _displacementX : [], _isDisplaced ? _displacementY : [], border, _pixels);
        Straighten();
    }

    private void Straighten()
    {
        (_xx, _xy, _x, _yx, _yy, _y) = (1, 0, 0, 0, 1, 0);
        _isMoved = _isDisplaced = false;
    }
}
