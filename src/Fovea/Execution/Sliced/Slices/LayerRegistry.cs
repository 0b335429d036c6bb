using System.Collections.Concurrent;
using Fovea.Layers;

namespace Fovea.Execution;

/// <summary>The open end of the table of layers: a program's own layers, which then run in every plan like Fovea's.</summary>
public static class LayerRegistry
{
    private static readonly ConcurrentDictionary<Type, Func<Layer, OperatorContext, LayerOperator>> Operators = new();

    /// <summary>Adds a layer, once for the whole program and before networks with it are compiled or read.</summary>
    /// <typeparam name="TLayer">The layer's type; its name is the one it has in files, and in texts, in any case.</typeparam>
    /// <param name="run">Makes the layer's operator.</param>
    /// <param name="settings">
    /// How model files and networks as text write and read its hyper-parameters:
    /// <c>(fields, layer) => new(fields.Double("slope", layer?.Slope, 0.1))</c>. Without it such networks run but cannot be saved.
    /// </param>
    /// <exception cref="ArgumentException">The layer, or another of its name, is there already.</exception>
    public static void Add<TLayer>(Func<TLayer, OperatorContext, LayerOperator> run, Func<LayerFields, TLayer?, TLayer>? settings = null)
        where TLayer : Layer
    {
        ArgumentNullException.ThrowIfNull(run);
        if (typeof(TLayer).Assembly == typeof(Layer).Assembly)
            throw new ArgumentException($"{typeof(TLayer).Name} is a layer of Fovea's own");
        lock (Operators)
        {
            if (Operators.ContainsKey(typeof(TLayer)))
                throw new ArgumentException($"{typeof(TLayer).Name} is added already");
            // Settings first: who finds the operator finds them, too.
            if (settings is not null)
                LayerTable.Add(settings);
            Operators[typeof(TLayer)] = (layer, context) => run((TLayer)layer, context);
        }
    }

    /// <summary>The operator of a user's layer; null if it is none.</summary>
    internal static LayerOperator? Create(OperatorContext context) =>
        Operators.TryGetValue(context.Node.Layer.GetType(), out Func<Layer, OperatorContext, LayerOperator>? run) ? run(context.Node.Layer, context) : null;
}
