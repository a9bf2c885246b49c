using System.Reflection;
using System.Reflection.Emit;

namespace Zephyr.Tests.Architecture;

/// <summary>Every type that a type mentions: in its signatures, its local variables and the instructions of its methods.</summary>
internal static class TypeReferences
{
    public const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    public static HashSet<Type> Of(Type type)
    {
        var found = new HashSet<Type>();
        Add(found, type.BaseType);
        foreach (var contract in type.GetInterfaces())
        {
            Add(found, contract);
        }

        foreach (var member in type.GetMembers(Everything))
        {
            AddMember(found, member);
            if (member is MethodBase method)
            {
                AddBody(found, method);
            }
        }

        return found;
    }

    private static void AddMember(HashSet<Type> found, MemberInfo? member)
    {
        Add(found, member as Type ?? member?.DeclaringType);
        switch (member)
        {
            case FieldInfo field:
                Add(found, field.FieldType);
                break;
            case MethodBase method:
                Add(found, (method as MethodInfo)?.ReturnType);
                foreach (var parameter in method.GetParameters())
                {
                    Add(found, parameter.ParameterType);
                }

                foreach (var argument in method is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments() : [])
                {
                    Add(found, argument);
                }

                break;
        }
    }

    private static void Add(HashSet<Type> found, Type? type)
    {
        while (type is { HasElementType: true })
        {
            type = type.GetElementType();
        }

        if (type is null || type.IsGenericParameter || !found.Add(type))
        {
            return;
        }

        foreach (var argument in type.GetGenericArguments())
        {
            Add(found, argument);
        }
    }

    private static void AddBody(HashSet<Type> found, MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
        {
            return;
        }

        foreach (var local in body.LocalVariables)
        {
            Add(found, local.LocalType);
        }

        foreach (var member in Mentioned(method))
        {
            AddMember(found, member);
        }
    }

    /// <summary>Every field, method and type that a method's instructions name, in order.</summary>
    public static IEnumerable<MemberInfo?> Mentioned(MethodBase method)
    {
        var instructions = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var typeArguments = method.DeclaringType is { IsGenericType: true } owner ? owner.GetGenericArguments() : null;
        var methodArguments = method is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments() : null;
        for (var at = 0; at < instructions.Length;)
        {
            short value = instructions[at++];
            if (value == 0xfe)
            {
                value = (short)(0xfe00 | instructions[at++]);
            }

            var code = OpCodesByValue[value];
            if (code.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                yield return method.Module.ResolveMember(BitConverter.ToInt32(instructions, at), typeArguments, methodArguments);
            }

            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(instructions, at)),
                _ => 4,
            };
        }
    }
}
