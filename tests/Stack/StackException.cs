namespace PartnerPlatform.Stack;

/// <summary>A part of the stack does not start or serve; the first line of the message is for the person at the terminal, more is evidence.</summary>
public sealed class StackException(string message, Exception? inner = null) : Exception(message, inner);
